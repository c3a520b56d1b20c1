/** https://man7.org/linux/man-pages/man3/errno.3.html */
const WORDS: Record<string, string> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EISDIR: 'it is a directory',
  ENOTDIR: 'not a directory',
  EROFS: 'the file system is read-only',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many symbolic links',
  ENOSPC: 'no space is left',
};

/** What the operating system said, on one line and without its codes. */
export function systemWords(error: unknown): string {
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  return WORDS[code] ?? message.split('\n')[0] ?? code;
}
