/** Enough for what recurs within a run and from run to run; so few that nothing grows over a thousand runs. */
const KEPT = 200;

/** The same function, which remembers what it made of recent texts. What it makes is shared, and must not be changed. */
export function remembered<Value>(make: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const value = make(text);
    if (known.size >= KEPT) known.clear();
    known.set(text, value);
    return value;
  };
}
