import { lastPart } from './arn.ts';
import { AwsError } from './aws-error.ts';
import type { Iam } from './iam.ts';
import type { Caller, Operation, Service } from './service.ts';
import type { World } from './world.ts';

const SESSION_SECONDS = 3600;

/** Temporary credentials, and who somebody is. */
export class Sts implements Service {
  readonly id = 'sts';
  readonly operations: Record<string, Operation>;
  readonly resources = {};

  constructor(world: World, iam: Iam) {
    const random = world.kernel.random.fork('sts');
    this.operations = {
      // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html: no permission is needed.
      GetCallerIdentity: {
        permissions: () => [],
        answer: (_, at) => ({ Account: world.account, Arn: sessionArn(at.caller), UserId: 'AROA:session' }),
      },
      AssumeRole: {
        permissions: (input) => [{ action: 'sts:AssumeRole', resource: input.RoleArn }],
        answer: (input) => {
          const role = iam.role(input.RoleArn);
          if (role === undefined) throw new AwsError('AccessDenied', `role ${input.RoleArn} does not exist`, 403);
          const AccessKeyId = `ASIA${random.hex(16).toUpperCase()}`;
          world.credentials.set(AccessKeyId, role.arn);
          const Expiration = new Date(world.kernel.now + 1000 * (input.DurationSeconds ?? SESSION_SECONDS));
          const Credentials = {
            AccessKeyId,
            SecretAccessKey: random.hex(40),
            SessionToken: random.hex(64),
            Expiration,
          };
          const Arn = sessionArn({ kind: 'role', arn: role.arn, session: input.RoleSessionName });
          return { Credentials, AssumedRoleUser: { Arn, AssumedRoleId: `AROA:${input.RoleSessionName}` } };
        },
      },
    };
  }
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html: a session's ARN has no path. */
function sessionArn(caller: Caller): string {
  if (caller.kind !== 'role')
    throw new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
  const account = caller.arn.split(':')[4];
  return `arn:aws:sts::${account}:assumed-role/${lastPart(caller.arn)}/${caller.session}`;
}
