/** Whether a text is matched; compiled once per pattern and process, since thousands of worlds use the same ones. */
export type Match = (text: string) => boolean;

const compiled = new Map<string, Match>();

/** `*` is any run of characters, `?` any one. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html */
export function wildcard(pattern: string): Match {
  let match = compiled.get(pattern);
  if (match === undefined) {
    match = compile(pattern);
    compiled.set(pattern, match);
  }
  return match;
}

function compile(pattern: string): Match {
  if (pattern === '*') return () => true;
  if (!/[*?]/.test(pattern)) return (text) => text === pattern;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 's');
  return (text) => expression.test(text);
}

/**
 * ArnLike compares the six colon-delimited parts one by one, so that a wildcard does not run past its part.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function arnLike(pattern: string, arn: string): boolean {
  const wanted = sixParts(pattern);
  const given = sixParts(arn);
  return wanted.every((part, index) => wildcard(part)(given[index] ?? ''));
}

function sixParts(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}
