import fc from 'fast-check';

/** Holds a property for many cases, the same ones every time. */
export function always<Case>(property: fc.IPropertyWithHooks<Case>): void {
  fc.assert(property as fc.IProperty<Case>, { seed: 20_261_120, numRuns: 100 });
}
