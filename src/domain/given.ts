/** What is given, never ambient: tests and rehearsals give their own. */
export type Clock = {
  now(): Date;
  /** Resolves after `milliseconds`, never earlier. */
  sleep(milliseconds: number): Promise<void>;
};

export type Ids = {
  /** A new identifier, unique for ever: lower-case letters, digits and hyphens, at most 36 characters. */
  next(): string;
};

export type Random = {
  /** Uniform in [0, 1). */
  next(): number;
};
