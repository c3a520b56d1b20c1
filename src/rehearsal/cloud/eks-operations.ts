import { AwsError } from './aws-error.ts';
import type { AccessEntry, Addon, EksCluster } from './eks-cluster.ts';
import { describeAddon, describeCluster, describeEntry, describeIdentity, describePolicy } from './eks-descriptions.ts';
import type { ClusterRecords } from './eks-records.ts';
import { clusterVersions } from './eks-versions.ts';
import type { Input, Operation, Permission, Place } from './service.ts';

/** What operations do their work on. */
export type ControlPlane = {
  readonly records: ClusterRecords;
  readonly account: string;
  readonly now: number;
  clusters(): EksCluster[];
  find(name: string, region: string): EksCluster | undefined;
  createCluster(input: Input, region: string): EksCluster;
  deleteCluster(cluster: EksCluster): EksCluster;
  createAddon(cluster: EksCluster, input: Input): Addon;
  /** How long a new entry or association takes until the cluster knows of it. */
  settling(): number;
};

type Answer = (input: Input, at: Place) => unknown;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelastickubernetesservice.html */
export function eksOperations(eks: ControlPlane): Record<string, Operation> {
  const build = new OperationBuilder(eks.account);
  return {
    ...clusterOperations(eks, build),
    ...accessOperations(eks, build),
    ...identityOperations(eks, build),
    ...addonOperations(eks, build),
  };
}

/** The permissions that EKS's operations have in common. */
class OperationBuilder {
  readonly #account: string;

  constructor(account: string) {
    this.#account = account;
  }

  onCluster(action: string, answer: Answer): Operation {
    return { permissions: (input, at) => this.#cluster(action, input, at), answer };
  }

  /** Hands a role to EKS, which needs leave to pass it. */
  passing(action: string, service: string, answer: Answer): Operation {
    const pass = (input: Input): Permission[] =>
      input.roleArn === undefined
        ? []
        : [{ action: 'iam:PassRole', resource: input.roleArn, context: { 'iam:PassedToService': service } }];
    return { permissions: (input, at) => [...this.#cluster(action, input, at), ...pass(input)], answer };
  }

  on(action: string, resource: (input: Input, at: Place) => string, answer: Answer): Operation {
    return { permissions: (input, at) => [{ action: `eks:${action}`, resource: resource(input, at) }], answer };
  }

  #cluster(action: string, input: Input, at: Place): Permission[] {
    const resource = `arn:aws:eks:${at.region}:${this.#account}:cluster/${input.name ?? input.clusterName}`;
    return [{ action: `eks:${action}`, resource }];
  }
}

function clusterOperations(eks: ControlPlane, build: OperationBuilder): Record<string, Operation> {
  return {
    DescribeCluster: build.onCluster('DescribeCluster', (input, at) => ({
      cluster: describeCluster(existing(eks, input, at)),
    })),
    ListClusters: build.on(
      'ListClusters',
      () => '*',
      (_, at) => ({
        clusters: eks.clusters().flatMap(({ settings }) => (settings.region === at.region ? [settings.name] : [])),
      }),
    ),
    // Both depend on Route 53's control plane in us-east-1:
    // https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html
    CreateCluster: {
      ...build.passing('CreateCluster', 'eks.amazonaws.com', (input, at) => ({
        cluster: describeCluster(eks.createCluster(input, at.region)),
      })),
      usEast1ControlPlane: true,
    },
    DeleteCluster: {
      ...build.onCluster('DeleteCluster', (input, at) => ({
        cluster: describeCluster(eks.deleteCluster(existing(eks, input, at))),
      })),
      usEast1ControlPlane: true,
    },
    DescribeClusterVersions: build.on(
      'DescribeClusterVersions',
      () => '*',
      (input) => ({ clusterVersions: clusterVersions(input, eks.now) }),
    ),
  };
}

function accessOperations(eks: ControlPlane, build: OperationBuilder): Record<string, Operation> {
  const arn = (input: Input, at: Place): string =>
    eks.records.accessEntryArn(at.region, input.clusterName, input.principalArn);
  return {
    CreateAccessEntry: build.onCluster('CreateAccessEntry', (input, at) => {
      existing(eks, input, at);
      return { accessEntry: describeEntry(eks.records.addEntry(input, at.region, eks.settling()), input.clusterName) };
    }),
    DescribeAccessEntry: build.on('DescribeAccessEntry', arn, (input, at) => ({
      accessEntry: describeEntry(entry(eks, input, at), input.clusterName),
    })),
    ListAccessEntries: build.onCluster('ListAccessEntries', (input, at) => ({
      accessEntries: eks.records.accessEntries(existing(eks, input, at)).map(({ principalArn }) => principalArn),
    })),
    AssociateAccessPolicy: build.on('AssociateAccessPolicy', arn, (input, at) => ({
      clusterName: input.clusterName,
      principalArn: input.principalArn,
      associatedAccessPolicy: describePolicy(eks.records.associatePolicy(entry(eks, input, at), input)),
    })),
    ListAssociatedAccessPolicies: build.on('ListAssociatedAccessPolicies', arn, (input, at) => ({
      associatedAccessPolicies: entry(eks, input, at).policies.map(describePolicy),
    })),
  };
}

function identityOperations(eks: ControlPlane, build: OperationBuilder): Record<string, Operation> {
  const arn = (input: Input, at: Place): string =>
    `arn:aws:eks:${at.region}:${eks.account}:podidentityassociation/${input.clusterName}/${input.associationId}`;
  return {
    CreatePodIdentityAssociation: build.passing(
      'CreatePodIdentityAssociation',
      'pods.eks.amazonaws.com',
      (input, at) => {
        existing(eks, input, at);
        return {
          association: describeIdentity(eks.records.addIdentity(input, at.region, eks.settling()), input.clusterName),
        };
      },
    ),
    ListPodIdentityAssociations: build.onCluster('ListPodIdentityAssociations', (input, at) => ({
      associations: eks.records
        .podIdentities(existing(eks, input, at))
        .filter(({ namespace }) => input.namespace === undefined || input.namespace === namespace)
        .filter(({ serviceAccount }) => input.serviceAccount === undefined || input.serviceAccount === serviceAccount)
        .map(({ id, arn: associationArn, namespace, serviceAccount }) => ({
          ...{ clusterName: input.clusterName, namespace, serviceAccount },
          ...{ associationArn, associationId: id },
        })),
    })),
    DescribePodIdentityAssociation: build.on('DescribePodIdentityAssociation', arn, (input, at) => {
      const found = eks.records.podIdentities(existing(eks, input, at)).find(({ id }) => id === input.associationId);
      if (found === undefined) throw notFound(`No association found for associationId: ${input.associationId}`);
      return { association: describeIdentity(found, input.clusterName) };
    }),
  };
}

function addonOperations(eks: ControlPlane, build: OperationBuilder): Record<string, Operation> {
  const arn = (input: Input, at: Place): string => eks.records.addonArn(at.region, input.clusterName, input.addonName);
  return {
    CreateAddon: build.onCluster('CreateAddon', (input, at) => ({
      addon: describeAddon(eks.createAddon(existing(eks, input, at), input), input.clusterName),
    })),
    DescribeAddon: build.on('DescribeAddon', arn, (input, at) => {
      const found = eks.records.addons(existing(eks, input, at)).find(({ name }) => name === input.addonName);
      if (found === undefined) throw notFound(`No addon: ${input.addonName} found in cluster: ${input.clusterName}`);
      return { addon: describeAddon(found, input.clusterName) };
    }),
    ListAddons: build.onCluster('ListAddons', (input, at) => ({
      addons: eks.records.addons(existing(eks, input, at)).map(({ name }) => name),
    })),
  };
}

const notFound = (message: string): AwsError => new AwsError('ResourceNotFoundException', message, 404);

function existing(eks: ControlPlane, input: Input, at: Place): EksCluster {
  const name: string = input.name ?? input.clusterName;
  const cluster = eks.find(name, at.region);
  if (cluster === undefined) throw notFound(`No cluster found for name: ${name}.`);
  return cluster;
}

function entry(eks: ControlPlane, input: Input, at: Place): AccessEntry {
  const all = eks.records.accessEntries(existing(eks, input, at));
  const found = all.find(({ principalArn }) => principalArn === input.principalArn);
  if (found === undefined) throw notFound(`The specified principalArn could not be found: ${input.principalArn}`);
  return found;
}
