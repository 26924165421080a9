/** The words of importing files and of backups, in English. Loaded with them. */
export const enFiles = {
  imports: {
    notText: (name: string) =>
      `“${name}” is not text. Text and Markdown files can be imported; pictures and other files have no place in a document yet.`,
    readAs: (name: string, encoding: string) => `“${name}” was read as ${encoding}.`,
    unsure: (name: string, encoding: string) => `“${name}” seems to be ${encoding}. Are its letters right?`,
    readOtherwise: 'Choose…',
    encodingTitle: 'Which of these is right?',
    encodingText: (name: string) =>
      `“${name}” does not say in which encoding it was written. Choose the one in which its words make sense.`,
    encodingApply: 'Read it so',
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
    keptAs: (name: string, what: string) => `Of “${name}”, this was kept in another form: ${what}.`,
    keptAsMany: (count: number, what: string) => `Of ${count} files, this was kept in another form: ${what}.`,
    kinds: {
      pictures: 'pictures as links',
      tables: 'tables as code',
      formulas: 'formulas as code',
      html: 'HTML as code',
      addresses: 'unsafe addresses as text',
      footnotes: 'footnotes as text',
    },
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
    unpacked: (title: string) =>
      `“${title}” could not be read and is not in the backup. Close other tabs and try again.`,
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
