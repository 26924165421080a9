export function findBrowser(options?: { windows?: boolean }): string | null
export function ensureBrowser(): Promise<string>
