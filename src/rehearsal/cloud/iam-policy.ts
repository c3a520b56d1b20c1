import { type ConditionBlock, type Context, substitute, unmetCondition } from './iam-conditions.ts';
import { wildcard } from './iam-pattern.ts';
import type { Caller, Input } from './service.ts';

/** A policy document as it stands in a template, intrinsics resolved. */
export type PolicyDocument = { Version?: string; Statement: Input };

export type Statement = {
  /** The policy's name. */
  policy: string;
  /** From 1, as people count. */
  index: number;
  allow: boolean;
  actions: string[];
  exceptActions: boolean;
  /** A value that is not a text is an intrinsic that nobody resolved: an Allow fails by it, a Deny stands. */
  resources: unknown[];
  exceptResources: boolean;
  condition: ConditionBlock | undefined;
  principal: Input;
  exceptPrincipal: boolean;
};

/** How near a statement came to allowing, and why it does not. */
export type Misfit = { near: number; why: () => string };

export type Request = { action: string; resource: string; context: Context };

const listOf = (value: Input): Input[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html */
export function statementsOf(document: PolicyDocument, policy: string): Statement[] {
  return listOf(document.Statement).map((statement: Input, index) => ({
    policy,
    index: index + 1,
    allow: statement.Effect === 'Allow',
    actions: listOf(statement.Action ?? statement.NotAction),
    exceptActions: statement.NotAction !== undefined,
    resources: listOf(statement.Resource ?? statement.NotResource ?? '*'),
    exceptResources: statement.NotResource !== undefined,
    condition: statement.Condition,
    principal: statement.Principal ?? statement.NotPrincipal,
    exceptPrincipal: statement.NotPrincipal !== undefined,
  }));
}

/** The statement's action patterns that cover this action; undefined when it does not speak of it. Case does not count. */
export function coveringActions(statement: Statement, action: string): string[] | undefined {
  let known = covering.get(statement);
  if (known === undefined) {
    known = new Map();
    covering.set(statement, known);
  }
  if (!known.has(action)) known.set(action, actionsThatCover(statement, action));
  return known.get(action);
}

/** Of each statement, by action: statements do not change, and there are few actions. */
const covering = new WeakMap<Statement, Map<string, string[] | undefined>>();

function actionsThatCover(statement: Statement, action: string): string[] | undefined {
  const lower = action.toLowerCase();
  const found = statement.actions.filter((pattern) => wildcard(pattern.toLowerCase())(lower));
  if (statement.exceptActions) return found.length === 0 ? ['(NotAction)'] : undefined;
  return found.length > 0 ? found : undefined;
}

/** Undefined when resource and conditions fit; otherwise why they do not, in words that are made for who asks. */
export function misfit(statement: Statement, request: Request): Misfit | undefined {
  const name = (): string => `statement ${statement.index} of ${statement.policy}`;
  const fits = statement.resources.some((pattern) => {
    const text = typeof pattern === 'string' ? substitute(pattern, request.context) : undefined;
    return text === undefined ? !statement.allow : wildcard(text)(request.resource);
  });
  if (fits === statement.exceptResources) {
    const others = (): string[] =>
      statement.resources.map((pattern) => (typeof pattern === 'string' ? pattern : JSON.stringify(pattern)));
    return { near: 1, why: () => `${name()} allows it only on ${others().join(', ')}` };
  }
  if (statement.condition === undefined) return undefined;
  const unmet = unmetCondition(statement.condition, request.context, statement.allow);
  return unmet === undefined ? undefined : { near: 2, why: () => `${name()} would allow it, but ${unmet}` };
}

/** How a statement of a resource's policy names a caller: itself, only its account, or not at all. */
export type Naming = 'directly' | 'by account' | undefined;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
export function naming(statement: Statement, caller: Caller, account: string): Naming {
  const found = named(statement.principal, caller, account);
  if (!statement.exceptPrincipal) return found;
  return found === undefined ? 'directly' : undefined;
}

function named(principal: Input, caller: Caller, account: string): Naming {
  if (principal === '*') return 'directly';
  if (principal === undefined || caller.kind === 'anonymous')
    return listOf(principal?.AWS).includes('*') ? 'directly' : undefined;
  if (caller.kind === 'service')
    return listOf(principal.Service).some((name) => sameService(name, caller.principal)) ||
      listOf(principal.AWS).includes('*')
      ? 'directly'
      : undefined;
  const names = listOf(principal.AWS);
  if (names.some((name) => name === '*' || name === caller.arn || isSessionOf(name, caller.arn))) return 'directly';
  return names.some((name) => name === account || name === `arn:aws:iam::${account}:root`) ? 'by account' : undefined;
}

/** Some services have regional names as well: states.eu-west-1.amazonaws.com is states.amazonaws.com. */
const sameService = (name: string, principal: string): boolean =>
  name === principal || name.replace(/\.[a-z]{2}(-[a-z]+)+-\d\.amazonaws\.com$/, '.amazonaws.com') === principal;

const isSessionOf = (name: unknown, role: string): boolean =>
  typeof name === 'string' && name.startsWith(`${role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/`);
