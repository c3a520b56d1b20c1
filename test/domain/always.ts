import fc from 'fast-check';

const CASES = { seed: 20_261_120, numRuns: 100 };

/** Holds a property for many cases, the same ones every time. */
export function always<Case>(property: fc.IPropertyWithHooks<Case>): void {
  fc.assert(property as fc.IProperty<Case>, CASES);
}

/** The same, of a property that waits. */
export async function alwaysInTime<Case>(property: fc.IAsyncPropertyWithHooks<Case>): Promise<void> {
  await fc.assert(property, CASES);
}
