/** The words of importing files and of backups, in English. Loaded with them. */
export const enFiles = {
  imports: {
    notText: (name: string) =>
      `“${name}” is not text. Text and Markdown files can be imported; pictures and other files have no place in a document yet.`,
    readAs: (name: string, encoding: string) => `“${name}” was read as ${encoding}.`,
    unsure: (name: string, encoding: string) => `“${name}” seems to be ${encoding}. Are its letters right?`,
    readOtherwise: (encoding: string) => `Read as ${encoding}`,
    asMarkdown: (name: string) => `“${name}” was read as Markdown.`,
    asLines: (name: string) => `The lines of “${name}” were kept as they are.`,
    unread: (name: string) => `“${name}” could not be read as Markdown in time. Its lines were kept as they are.`,
    progress: 'Import',
    importing: (name: string) => `Importing “${name}”…`,
    importingSome: (number: number, total: number) => `Importing ${number} of ${total}…`,
    cancel: 'Cancel',
    cancelled: 'Nothing was imported.',
    leftOut: (count: number) =>
      count === 1
        ? '1 other file was left out: only text and Markdown are imported from folders and archives.'
        : `${count} other files were left out: only text and Markdown are imported from folders and archives.`,
    emptyArchive: (name: string) => `There is no text or Markdown in “${name}”, or it is damaged.`,
    foreign: (name: string, what: string) =>
      `Some of “${name}” has no place in a document here yet; its text was kept: ${what}.`,
    keepLines: 'Keep as text',
    readMarkdown: 'Read as Markdown',
  },
  backup: {
    title: 'Back up all documents',
    text: 'All documents on this device, with their links, go into one file that you keep where you like. Import it here or on another device, and they are back, merged with what is there.',
    passphraseOptional: 'Passphrase (optional)',
    passphrase: 'Passphrase',
    show: 'Show it',
    hint: 'Without one, whoever has the file can read and edit the documents. With one, only who knows it can open the file; there is no other way in.',
    make: 'Save backup',
    packing: (number: number, total: number) => `Packing ${number} of ${total}…`,
    done: (count: number) => (count === 1 ? '1 document was backed up.' : `${count} documents were backed up.`),
    failed: 'The backup could not be made or read. Nothing was changed; please try again.',
    restoreTitle: 'This backup is locked',
    restoreText: 'Type the passphrase that it was made with.',
    restore: 'Open backup',
    wrong: 'That is not the passphrase of this backup.',
    unpacking: (title: string) => `Putting back “${title}”…`,
    restored: (count: number) => (count === 1 ? '1 document is back.' : `${count} documents are back.`),
    left: (title: string) => `“${title}” could not be put back.`,
    damaged: (count: number) => `The backup is damaged or not whole. ${count} of its documents are back.`,
  },
}
