import { arnLike, wildcard } from './iam-pattern.ts';

/** The keys of a request, as AWS fills them in. */
export type Context = Readonly<Record<string, string>>;

export type ConditionBlock = Record<string, Record<string, unknown>>;

type Compare = (wanted: string, given: string) => boolean;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS: Record<string, Compare> = {
  StringEquals: (wanted, given) => wanted === given,
  StringEqualsIgnoreCase: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(),
  StringLike: (wanted, given) => wildcard(wanted)(given),
  ArnEquals: arnLike,
  ArnLike: arnLike,
  Bool: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(),
  NumericEquals: (wanted, given) => Number(wanted) === Number(given),
  NumericLessThan: (wanted, given) => Number(given) < Number(wanted),
  NumericLessThanEquals: (wanted, given) => Number(given) <= Number(wanted),
  NumericGreaterThan: (wanted, given) => Number(given) > Number(wanted),
  NumericGreaterThanEquals: (wanted, given) => Number(given) >= Number(wanted),
};

const NEGATED: Record<string, string> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
};

/**
 * Keys that a request may lack without the twin being ignorant of them. Any other key that a request lacks
 * cannot be resolved, and an Allow that depends on it does not hold.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
const MAY_BE_ABSENT =
  /^aws:(SourceArn|SourceAccount|SourceVpce?|SourceOrgID|SourceIp|PrincipalOrgID|MultiFactorAuthPresent|MultiFactorAuthAge|CalledVia|CalledViaFirst|CalledViaLast|TagKeys|PrincipalServiceName|PrincipalTag\/.*|ResourceTag\/.*|RequestTag\/.*)$/i;

/** Undefined when every condition holds; otherwise the first that does not, in words. */
export function unmetCondition(block: ConditionBlock, context: Context, allowing: boolean): string | undefined {
  for (const [operator, keys] of Object.entries(block))
    for (const [key, wanted] of Object.entries(keys)) {
      const problem = unmet(operator, key, wanted, context, allowing);
      if (problem !== undefined) return problem;
    }
  return undefined;
}

function unmet(
  operator: string,
  key: string,
  wanted: unknown,
  context: Context,
  allowing: boolean,
): string | undefined {
  const [, qualifier, plain = operator, ifExists] =
    /^(ForAllValues:|ForAnyValue:)?(.*?)(IfExists)?$/.exec(operator) ?? [];
  const values = textsOf(wanted, context);
  const shown = `${operator} ${key}`;
  // What cannot be resolved never grants: an Allow fails by it, a Deny stands.
  if (values === undefined)
    return allowing ? `its condition ${shown} holds ${JSON.stringify(wanted)}, which cannot be resolved` : undefined;
  const given = lookUp(context, key);
  const unknown = given === undefined && !MAY_BE_ABSENT.test(key);
  if (unknown && allowing) return `its condition ${shown} asks for a key that this request does not have`;
  if (plain === 'Null')
    return values.includes(String(given === undefined)) ? undefined : `its condition ${shown} is not met`;
  const negated = NEGATED[plain];
  const compare = OPERATORS[negated ?? plain];
  if (compare === undefined)
    return allowing ? `its condition operator ${operator} is not one that is simulated` : undefined;
  if (given === undefined) {
    const holds = ifExists !== undefined || qualifier === 'ForAllValues:' || negated !== undefined;
    return holds ? undefined : `its condition ${shown} asks for a key that this request does not have`;
  }
  const some = values.some((value) => compare(value, given));
  if (some === (negated === undefined)) return undefined;
  return `its condition ${shown} wants ${values.join(' or ')} and was given ${given}`;
}

/** Condition keys are compared without regard to case. */
function lookUp(context: Context, key: string): string | undefined {
  if (context[key] !== undefined) return context[key];
  const lower = key.toLowerCase();
  for (const name of Object.keys(context)) if (name.toLowerCase() === lower) return context[name];
  return undefined;
}

function textsOf(wanted: unknown, context: Context): string[] | undefined {
  const texts: string[] = [];
  for (const value of Array.isArray(wanted) ? wanted : [wanted]) {
    if (typeof value === 'object') return undefined;
    const text = substitute(String(value), context);
    if (text === undefined) return undefined;
    texts.push(text);
  }
  return texts;
}

/**
 * Policy variables such as ${aws:PrincipalAccount}. Undefined when one has no value: the statement then matches nothing.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function substitute(text: string, context: Context): string | undefined {
  if (!text.includes('${')) return text;
  let missing = false;
  const full = text.replace(/\$\{([^}]+)\}/g, (_, key: string) => {
    if (key === '*' || key === '?' || key === '$') return key;
    const value = lookUp(context, key);
    if (value === undefined) missing = true;
    return value ?? '';
  });
  return missing ? undefined : full;
}
