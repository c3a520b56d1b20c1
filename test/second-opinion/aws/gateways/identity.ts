import { identityIn } from '../../../../src/gateways/aws/identity.ts';
import { ACCOUNT, REGION } from '../place.ts';
import type { Suite } from '../suite.ts';

/** The module's only export, as a gateway's only method. */
export const identity: Suite<{ identityIn(): ReturnType<typeof identityIn> }> = {
  gateway: { name: 'identity.ts', prototype: { identityIn } },
  resources: {},
  connect: ({ wires }) => ({ identityIn: () => identityIn(wires, REGION) }),
  cases: {
    identityIn: [
      {
        title: 'answers the account and an ARN in it',
        ask: async (given) => {
          const { arn, account } = await given.identityIn();
          return [account, arn.startsWith(`arn:aws:sts::${ACCOUNT}:`)];
        },
        answers: [ACCOUNT, true],
      },
    ],
  },
};
