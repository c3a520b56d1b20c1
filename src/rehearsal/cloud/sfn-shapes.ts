import type { Input } from './service.ts';

/** Services whose own API writes its members in camel case; the members of the others begin with a capital already. */
const CAMEL_CASE = new Set(['eks', 'sfn', 'ecr', 'logs']);
/** Members that hold names of the caller's own, not the API's. */
const OWN_NAMES = new Set(['tags', 'Tags', 'labels', 'Labels']);

/**
 * `aws-sdk` integrations take and answer members in Pascal case, whatever the service's API does.
 * https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
 */
export const unshaped = (service: string, value: Input): Input =>
  CAMEL_CASE.has(service) ? renamed(value, (name) => `${name.charAt(0).toLowerCase()}${name.slice(1)}`) : value;

/** The answer as JSON: dates and bytes become texts. */
export function shaped(service: string, value: Input): unknown {
  const same = (name: string): string => name;
  const pascal = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return renamed(value, CAMEL_CASE.has(service) ? pascal : same);
}

function renamed(value: Input, rename: (name: string) => string): Input {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries<Input>(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    entries.map(([name, item]) => [rename(name), OWN_NAMES.has(name) ? item : renamed(item, rename)]),
  );
}
