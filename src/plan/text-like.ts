import * as z from 'zod';

/**
 * Text of a pattern, with what is allowed in words: for our own messages, and for the JSON Schema, where
 * `patternErrorMessage` is what editors show in place of the pattern.
 * https://github.com/microsoft/vscode-json-languageservice/blob/main/src/jsonSchema.ts
 */
export const textLike = (pattern: RegExp, allowed: string) =>
  z.string().regex(pattern, allowed).meta({ patternErrorMessage: allowed });
