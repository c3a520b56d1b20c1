/** The name of a function, machine or table as an id in templates and definitions: `SealBackup` of `seal-backup`. */
export const pascalCase = (name: string): string =>
  name.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
