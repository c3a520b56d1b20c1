/** Whether a key is like a pattern, in which `*` stands for any text, slashes too, and everything else for itself. */
export function keyPattern(pattern: string): (key: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`, 's');
  return (key) => expression.test(key);
}
