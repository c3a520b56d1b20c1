/** The clusters whose repositories somebody has written garbage to, by what their kopia knows. */
const DAMAGED = new WeakSet<object>();

/** A fault: from now on kopia finds out what cannot be read. Until then nobody has changed a blob, and looking is spared. */
export function noteDamage(knowledge: object): void {
  DAMAGED.add(knowledge);
}

export const mayBeDamaged = (knowledge: object): boolean => DAMAGED.has(knowledge);
