import { type Node, startOf } from './syntax-tree.ts';

/** What an expression reads from outside itself. */
export type References = {
  /** `$name`s that the expression does not bind itself: variables and functions alike, `states` left out. */
  names: ReadonlySet<string>;
  /** First members taken of `$states`: input, result, errorOutput, context. */
  states: ReadonlySet<string>;
  /** What Step Functions refuses, in words. */
  refused: string[];
};

/**
 * Step Functions evaluates without an input document: `$`, `$$` and bare field names mean nothing at the top level.
 * It implements JSONata 2.0.6, which has neither `?:` nor `??`.
 * https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
export function referencesOf(tree: Node): References {
  const found = { names: new Set<string>(), states: new Set<string>(), refused: [] as string[] };
  visit(tree, { bound: new Set(), hasContext: false }, found);
  return found;
}

type Place = {
  /** Names bound within the expression so far. */
  bound: Set<string>;
  /** Whether something gives `$` and bare names a meaning: an earlier step of the path, a predicate's item. */
  hasContext: boolean;
};
type Found = { names: Set<string>; states: Set<string>; refused: string[] };

function visit(node: Node | undefined, place: Place, found: Found): void {
  if (node === undefined) return;
  const special = SPECIAL[node.type];
  if (special !== undefined) {
    special(node, place, found);
    return;
  }
  if (node.type === 'condition') refuseNewOperators(node, found);
  visitParts(node, place, found);
  visitTail(node, place, found);
}

const SPECIAL: Record<string, (node: Node, place: Place, found: Found) => void> = {
  variable: visitVariable,
  name: visitName,
  wildcard: visitName,
  descendant: visitName,
  path: visitPath,
  bind: visitBind,
  block: visitBlock,
  lambda: visitLambda,
};

function visitName(node: Node, place: Place, found: Found): void {
  if (!place.hasContext) found.refused.push(`the unqualified field name '${node.value}' at the top level`);
  visitTail(node, place, found);
}

function visitBind(node: Node, place: Place, found: Found): void {
  visit(node.rhs, place, found);
  place.bound.add(String((node.lhs as Node).value));
}

function visitVariable(node: Node, place: Place, found: Found): void {
  const name = String(node.value);
  if (name === '' || name === '$') {
    if (name === '$' || !place.hasContext) found.refused.push(`'$${name}' at the top level`);
  } else if (name !== 'states' && !place.bound.has(name)) found.names.add(name);
  visitTail(node, place, found);
}

function visitPath(node: Node, place: Place, found: Found): void {
  const steps = node.steps ?? [];
  const bound = new Set(place.bound);
  steps.forEach((step, index) => {
    for (const name of [step.focus, step.index]) if (name !== undefined) bound.add(name);
    visit(step, { bound, hasContext: index > 0 || place.hasContext }, found);
  });
  const [first, second] = steps;
  if (first?.type === 'variable' && first.value === 'states' && second?.type === 'name')
    found.states.add(String(second.value));
  visitTail(node, place, found);
}

function visitBlock(node: Node, place: Place, found: Found): void {
  const inner: Place = { ...place, bound: new Set(place.bound) };
  for (const expression of node.expressions ?? []) visit(expression, inner, found);
  visitTail(node, place, found);
}

function visitLambda(node: Node, place: Place, found: Found): void {
  const parameters = (node.arguments ?? []).map((parameter) => String(parameter.value));
  visit(node.body, { ...place, bound: new Set([...place.bound, ...parameters]) }, found);
}

/** Everything below a node that is evaluated with the node's own context. */
function visitParts(node: Node, place: Place, found: Found): void {
  if (node.type === 'transform') {
    for (const part of [node.pattern, node.update, node.delete]) visit(part, { ...place, hasContext: true }, found);
    return;
  }
  if (Array.isArray(node.lhs)) for (const pair of node.lhs) for (const part of pair) visit(part, place, found);
  else visit(node.lhs, place, found);
  const parts = [node.rhs, node.expression, node.procedure, node.condition, node.then, node.else];
  for (const part of parts) visit(part, place, found);
  for (const part of [...(node.arguments ?? []), ...(node.expressions ?? [])]) visit(part, place, found);
  for (const term of node.terms ?? []) visit(term.expression, { ...place, hasContext: true }, found);
}

/** What follows a node and is evaluated with the node's items as context: predicates, groups. */
function visitTail(node: Node, place: Place, found: Found): void {
  const inner: Place = { bound: new Set(place.bound), hasContext: true };
  for (const filter of [...(node.predicate ?? []), ...(node.stages ?? [])]) {
    if (filter.type === 'index') inner.bound.add(String(filter.value));
    visit(filter.expr, inner, found);
  }
  for (const pair of node.group?.lhs ?? []) for (const part of pair) visit(part, inner, found);
}

/** jsonata rewrites `a ?: b` to `a ? a : b` and `a ?? b` to `$exists(a) ? a : b`, keeping a's position. */
function refuseNewOperators(node: Node, found: Found): void {
  const { condition, then } = node;
  if (condition === undefined || then === undefined) return;
  const start = startOf(then);
  if (start === undefined || startOf(condition) !== start) return;
  found.refused.push(
    condition.type === 'function' ? "the operator '??' (JSONata 2.1)" : "the operator '?:' (JSONata 2.1)",
  );
}
