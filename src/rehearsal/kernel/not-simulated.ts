/** What the twin does not support ends the rehearsal, by name, whatever catches it. */
export class NotSimulated extends Error {
  override readonly name = 'NotSimulated';

  constructor(what: string) {
    super(`${what} is not simulated; docs/fidelity.md lists what is`);
  }
}
