import { CreateClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { Eks } from '../../../../src/gateways/aws/eks.ts';
import { ACCOUNT, clientOf, type Place, REGION } from '../place.ts';
import { errorOf, type Suite } from '../suite.ts';

const NAME = 'shop';

async function create(place: Place): Promise<void> {
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/cluster`;
  const resourcesVpcConfig = { subnetIds: ['subnet-a', 'subnet-b'] };
  await clientOf(place, EKSClient).send(
    new CreateClusterCommand({ name: NAME, version: '1.35', roleArn, resourcesVpcConfig }),
  );
}

export const eks: Suite<Eks> = {
  gateway: Eks,
  resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'cluster',
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'eks.amazonaws.com' },
              Action: ['sts:AssumeRole', 'sts:TagSession'],
            },
          ],
        },
      },
    },
  },
  connect: ({ wires }) => new Eks(wires, REGION),
  cases: {
    cluster: [
      { title: 'answers nothing for one that is not there', ask: (found) => found.cluster(NAME), answers: undefined },
      {
        title: 'knows a cluster’s name and version',
        ask: async (found, place) => {
          await create(place);
          const facts = await found.cluster(NAME);
          return [facts?.name, facts?.region, facts?.version];
        },
        answers: [NAME, REGION, '1.35'],
      },
    ],
    addons: [
      {
        title: 'throws when there is no such cluster',
        ask: (found) => errorOf(found.addons('none')),
        answers: 'ResourceNotFoundException',
        moto: { differs: 'eks-addons', answers: 'SyntaxError' },
      },
    ],
    hasPodIdentity: [
      {
        title: 'throws when there is no such cluster',
        ask: (found) => errorOf(found.hasPodIdentity('none', 'velero', 'velero')),
        answers: 'ResourceNotFoundException',
        moto: { differs: 'eks-pod-identity', answers: 'SyntaxError' },
      },
    ],
  },
};
