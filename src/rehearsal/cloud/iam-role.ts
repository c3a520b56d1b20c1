import { type PolicyDocument, type Statement, statementsOf } from './iam-policy.ts';

/** One action that a role's policy allows, and whether anything in the rehearsal needed it. */
export type Grant = {
  role: string;
  policy: string;
  /** From 1, as people count. */
  statement: number;
  action: string;
  used: boolean;
};

/** A role: who may take it, and what it may then do. */
export class Role {
  readonly name: string;
  readonly arn: string;
  readonly trust: Statement[];
  readonly statements: Statement[] = [];
  boundary: Statement[] | undefined;
  readonly #used = new Map<Statement, Set<string>>();

  constructor(name: string, arn: string, trust: PolicyDocument) {
    this.name = name;
    this.arn = arn;
    this.trust = statementsOf(trust, `the trust policy of ${name}`);
  }

  add(document: PolicyDocument, policyName: string): void {
    this.statements.push(...statementsOf(document, policyName));
  }

  use(statement: Statement, actions: string[]): void {
    const used = this.#used.get(statement);
    if (used === undefined) this.#used.set(statement, new Set(actions));
    else for (const action of actions) used.add(action);
  }

  grants(): Grant[] {
    return this.statements
      .filter((statement) => statement.allow)
      .flatMap((statement) =>
        statement.actions.map((action) => ({
          role: this.name,
          policy: statement.policy,
          statement: statement.index,
          action,
          used: this.#used.get(statement)?.has(action) ?? false,
        })),
      );
  }
}
