/** The icons that come with the text: one path each, drawn on 24 × 24 with a 1.5 px round stroke. */
export const icons = {
  download: 'M12 4v10.5M8 10.5l4 4 4-4M4.5 19.5h15',
  alert: 'M12 4.5 3.5 19h17zM12 10v4M12 16.5h.01',
  info: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17M12 11v5M12 8h.01',
  eye: 'M3 12c2-3.7 5.2-5.5 9-5.5s7 1.8 9 5.5c-2 3.7-5.2 5.5-9 5.5S5 15.7 3 12M12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5',
} as const
