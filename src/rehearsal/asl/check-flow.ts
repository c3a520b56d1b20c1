import type { Findings, ScopeNames } from './field-reader.ts';
import type { Program } from './state-machine.ts';

/** StartAt and every target exist, every state can be reached, and the end can be. */
export function checkFlow(program: Program, path: string, findings: Findings): void {
  const problem = (message: string, location: string) =>
    findings.problems.push({ code: 'MISSING_TRANSITION_TARGET', message, location });
  const { startAt, states } = program;
  if (!states.has(startAt)) {
    problem(`Missing 'Next' target: ${startAt}`, `${path}/StartAt`);
    return;
  }
  for (const { name, targets } of states.values())
    for (const target of new Set(targets))
      if (!states.has(target)) problem(`Missing 'Next' target: ${target}`, `${path}/States/${name}`);
  const reached = reachableFrom(program);
  for (const name of states.keys())
    if (!reached.has(name)) problem(`State "${name}" is not reachable.`, `${path}/States/${name}`);
  if (![...reached].some((name) => states.get(name)?.terminal)) problem('No state can end it', `${path}/States`);
}

function reachableFrom({ startAt, states }: Program): Set<string> {
  const reached = new Set([startAt]);
  for (const name of reached) for (const target of states.get(name)?.targets ?? []) reached.add(target);
  return reached;
}

/**
 * An inner scope reads the variables of outer ones, and cannot assign them.
 * https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
 */
export function checkScopes(scope: ScopeNames, findings: Findings): void {
  for (const inner of scope.inner) {
    for (const [name, location] of inner.assigned)
      if (assignedOutside(inner, name)) {
        const message = `The variable '${name}' is assigned in an outer scope, and cannot be assigned here`;
        findings.problems.push({ code: 'SCHEMA_VALIDATION_FAILED', message, location });
      }
    checkScopes(inner, findings);
  }
}

function assignedOutside(scope: ScopeNames, name: string): boolean {
  for (let outer = scope.outer; outer !== undefined; outer = outer.outer) if (outer.assigned.has(name)) return true;
  return false;
}
