import { parseArn } from './arn.ts';
import type { Context } from './iam-conditions.ts';
import { addressing, type Evaluation, evaluate } from './iam-evaluation.ts';
import { type PolicyDocument, type Statement, statementsOf } from './iam-policy.ts';
import { iamResources } from './iam-resources.ts';
import { type Grant, Role } from './iam-role.ts';
import type { Caller, Operation, Permission, ResourceType, Service } from './service.ts';
import type { World } from './world.ts';

const EVERYTHING: PolicyDocument = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/**
 * Roles, the policies of resources, and the judge of every call.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export class Iam implements Service {
  readonly id = 'iam';
  readonly operations: Record<string, Operation> = {};
  readonly resources: Record<string, ResourceType>;
  readonly managedPolicies = new Map<string, { name: string; document: PolicyDocument }>();
  readonly #world: World;
  readonly #roles = new Map<string, Role>();
  readonly #resourcePolicies = new Map<string, Statement[]>();
  readonly #decisions = new Map<string, string | undefined>();

  constructor(world: World) {
    this.#world = world;
    this.resources = iamResources(this, world);
    world.judgeBy((caller, permission, region) => this.judge(caller, permission, region));
    const people = { Statement: [{ Effect: 'Allow', Principal: { AWS: world.account }, Action: 'sts:AssumeRole' }] };
    this.addRole('operator', people).add(EVERYTHING, 'AdministratorAccess');
  }

  addRole(name: string, trust: PolicyDocument, path = '/'): Role {
    const role = new Role(name, `arn:aws:iam::${this.#world.account}:role${path}${name}`, trust);
    this.#roles.set(role.arn, role);
    this.#decisions.clear();
    return role;
  }

  role(nameOrArn: string): Role | undefined {
    const exact = this.#roles.get(nameOrArn);
    if (exact !== undefined) return exact;
    for (const role of this.#roles.values()) if (role.name === nameOrArn) return role;
    return undefined;
  }

  /** Adds a policy to a role; what was decided before is decided anew. */
  attach(role: Role, document: PolicyDocument, policyName: string): void {
    role.add(document, policyName);
    this.#decisions.clear();
  }

  /** Adds a policy of a bucket, key, queue, topic, bus or function, by the resource's ARN. */
  resourcePolicy(arn: string, document: PolicyDocument): void {
    const before = this.#resourcePolicies.get(arn) ?? [];
    this.#resourcePolicies.set(arn, [...before, ...statementsOf(document, `the policy of ${arn}`)]);
    this.#decisions.clear();
  }

  /** Undefined when the role exists and trusts this service, such as lambda.amazonaws.com; otherwise what is wrong. */
  assumeRoleProblem(principal: string, roleArn: string, sourceArn = ''): string | undefined {
    const key = `${principal} takes ${roleArn} for ${sourceArn}`;
    if (!this.#decisions.has(key)) this.#decisions.set(key, this.#assumeRoleProblem(principal, roleArn, sourceArn));
    return this.#decisions.get(key);
  }

  #assumeRoleProblem(principal: string, roleArn: string, sourceArn: string): string | undefined {
    const role = this.#roles.get(roleArn);
    if (role === undefined) return `role ${roleArn} does not exist`;
    const caller: Caller = { kind: 'service', principal, sourceArn };
    const needed = principal === 'pods.eks.amazonaws.com' ? ['sts:AssumeRole', 'sts:TagSession'] : ['sts:AssumeRole'];
    const context = { ...this.#context(caller, ''), 'aws:SourceArn': sourceArn };
    const { directly } = addressing(role.trust, caller, this.#world.account);
    for (const action of needed) {
      const verdict = evaluate(directly, { action, resource: '*', context });
      if (verdict.denied !== undefined || verdict.allowed.length === 0)
        return `the trust policy of role ${role.name} does not let ${principal} do ${action}${because(verdict)}`;
    }
    return undefined;
  }

  /** Every action that the templates' roles are allowed, and whether it was used. */
  usage(): Grant[] {
    return [...this.#roles.values()].filter((role) => role.name !== 'operator').flatMap((role) => role.grants());
  }

  /** Undefined when the call is allowed; otherwise why it is not, in words that name the missing piece. */
  judge(caller: Caller, permission: Permission, region: string): string | undefined {
    const who =
      caller.kind === 'role' ? caller.arn : caller.kind === 'service' ? `${caller.principal} ${caller.sourceArn}` : '';
    const given = permission.context === undefined ? '' : JSON.stringify(permission.context);
    const key = `${who}|${permission.action}|${permission.resource}|${region}|${given}`;
    if (this.#decisions.has(key)) return this.#decisions.get(key);
    const decision = this.#decide(caller, permission, region);
    this.#decisions.set(key, decision);
    return decision;
  }

  #decide(caller: Caller, permission: Permission, region: string): string | undefined {
    const { action, resource } = permission;
    const request = { action, resource, context: { ...this.#context(caller, region), ...permission.context } };
    const own = this.#policyOf(resource);
    const addressed = addressing(own ?? [], caller, this.#world.account);
    const direct = evaluate(addressed.directly, request);
    if (direct.denied !== undefined) return `${nameOf(direct.denied)} denies it explicitly`;
    if (caller.kind !== 'role')
      return direct.allowed.length > 0
        ? undefined
        : `no statement of ${own === undefined ? `a policy of ${resource}, which has none,` : `the policy of ${resource}`} allows ${action} to ${caller.kind === 'service' ? `${caller.principal}${caller.sourceArn ? ` for ${caller.sourceArn}` : ''}` : 'anybody'}${because(direct)}`;
    const role = this.#roles.get(caller.arn);
    if (role === undefined) return `role ${caller.arn} does not exist`;
    const identity = evaluate(role.statements, request);
    if (identity.denied !== undefined) return `${nameOf(identity.denied)} of role ${role.name} denies it explicitly`;
    if (role.boundary !== undefined && evaluate(role.boundary, request).allowed.length === 0)
      return `the permissions boundary of role ${role.name} does not allow ${action} on ${resource}`;
    const byAccount = evaluate(addressed.byAccount, request).allowed.length > 0;
    for (const { statement, actions } of identity.allowed) role.use(statement, actions);
    if (direct.allowed.length > 0) return undefined;
    if (needsOwnPolicy(resource, action) && !byAccount)
      return `the policy of ${resource} lets neither role ${role.name} nor its account do ${action}${because(direct)}`;
    if (identity.allowed.length > 0) return undefined;
    return `no statement of role ${role.name} allows ${action} on ${resource}${because(identity)}`;
  }

  #policyOf(resource: string): Statement[] | undefined {
    const exact = this.#resourcePolicies.get(resource);
    if (exact !== undefined) return exact;
    if (resource.includes(':role/')) return this.#roles.get(resource)?.trust;
    // An object is guarded by its bucket's policy.
    return resource.startsWith('arn:aws:s3:::')
      ? this.#resourcePolicies.get(resource.split('/', 1)[0] ?? '')
      : undefined;
  }

  /** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
  #context(caller: Caller, region: string): Context {
    const context: Record<string, string> = {
      'aws:RequestedRegion': region,
      'aws:SecureTransport': 'true',
      'aws:ResourceAccount': this.#world.account,
      'aws:PrincipalIsAWSService': String(caller.kind === 'service'),
      'aws:ViaAWSService': 'false',
    };
    if (caller.kind === 'role') {
      context['aws:PrincipalArn'] = caller.arn;
      context['aws:PrincipalAccount'] = this.#world.account;
      context['aws:PrincipalType'] = 'AssumedRole';
    }
    if (caller.kind === 'service') {
      context['aws:PrincipalServiceName'] = caller.principal;
      context['aws:SourceAccount'] = this.#world.account;
      if (caller.sourceArn !== undefined) context['aws:SourceArn'] = caller.sourceArn;
    }
    return context;
  }
}

/**
 * A KMS key is used by nobody whom its key policy does not let in, and a role is taken by nobody whom it does not
 * trust; either may leave the choice to the account's own policies by naming the account.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 */
const needsOwnPolicy = (resource: string, action: string): boolean =>
  (action.startsWith('kms:') && parseArn(resource)?.service === 'kms') || action === 'sts:AssumeRole';

const nameOf = (statement: Statement): string => `statement ${statement.index} of ${statement.policy}`;
const because = (verdict: Evaluation): string => (verdict.nearest === undefined ? '' : ` (${verdict.nearest.why()})`);
