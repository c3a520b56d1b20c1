/** Every path to a value with its type, but for what API servers note about writes. */
export function shapeOf(value: unknown, path = '', found = new Set<string>()): Set<string> {
  if (/\.metadata\.(managedFields|generation|resourceVersion)$/.test(path)) return found;
  const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  found.add(`${path}: ${type}`);
  if (Array.isArray(value)) for (const item of value) shapeOf(item, `${path}[]`, found);
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) shapeOf(item, `${path}.${key}`, found);
  return found;
}
