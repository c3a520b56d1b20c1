const LENGTH_MAX = 24;

/** A name that the plan allows, made of `wanted`, and not among `taken`; it is taken from then on. */
export function freshName(wanted: string, taken: Set<string>): string {
  const letters = wanted
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+/, '');
  const base = /^[a-z]/.test(letters) ? letters : `n${letters}`;
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? '' : `-${number}`;
    const name = `${base.slice(0, LENGTH_MAX - suffix.length).replace(/-+$/, '')}${suffix}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}
