import { coveringActions, type Misfit, misfit, naming, type Request, type Statement } from './iam-policy.ts';
import type { Caller } from './service.ts';

/** What a list of statements says of a request. */
export type Evaluation = {
  /** The statement that denies explicitly, if one does. */
  denied: Statement | undefined;
  /** Statements that allow, with the action patterns by which they do. */
  allowed: { statement: Statement; actions: string[] }[];
  /** Why the statement that came nearest to allowing does not. */
  nearest: Misfit | undefined;
};

/** An explicit deny beats every allow. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html */
export function evaluate(statements: Iterable<Statement>, request: Request): Evaluation {
  const evaluation: Evaluation = { denied: undefined, allowed: [], nearest: undefined };
  for (const statement of statements) {
    const actions = coveringActions(statement, request.action);
    if (actions === undefined) continue;
    const problem = misfit(statement, request);
    if (problem === undefined) {
      if (statement.allow) evaluation.allowed.push({ statement, actions });
      else evaluation.denied ??= statement;
    } else if (statement.allow && problem.near > (evaluation.nearest?.near ?? 0)) evaluation.nearest = problem;
  }
  return evaluation;
}

/** The statements of a resource's policy, by how they name the caller. A Deny that names the account is for everybody in it. */
export function addressing(
  statements: Statement[],
  caller: Caller,
  account: string,
): Record<'directly' | 'byAccount', Statement[]> {
  const found: Record<'directly' | 'byAccount', Statement[]> = { directly: [], byAccount: [] };
  for (const statement of statements) {
    const how = naming(statement, caller, account);
    if (how === undefined) continue;
    (how === 'directly' || !statement.allow ? found.directly : found.byAccount).push(statement);
  }
  return found;
}
