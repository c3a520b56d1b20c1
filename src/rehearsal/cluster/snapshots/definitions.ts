import type { KubeObject } from '../host.ts';
import { OBJECT_REFERENCE, openApi, type Shape } from '../schema-shape.ts';

type Kind = {
  kind: string;
  scope: 'Cluster' | 'Namespaced';
  /** The members of the object beside its metadata, and those that it must have. */
  members: Record<string, KubeObject>;
  required: string[];
};

const ERROR: Shape = { message: 'string', time: 'string' };

const CLASS: Kind = {
  kind: 'VolumeSnapshotClass',
  scope: 'Cluster',
  members: {
    deletionPolicy: openApi('Delete|Retain'),
    driver: openApi('string'),
    parameters: openApi({ '*': 'string' }),
  },
  required: ['deletionPolicy', 'driver'],
};

const SNAPSHOT: Kind = {
  kind: 'VolumeSnapshot',
  scope: 'Namespaced',
  members: {
    spec: openApi(
      {
        source: { persistentVolumeClaimName: 'string', volumeSnapshotContentName: 'string' },
        volumeSnapshotClassName: 'string',
      },
      ['source'],
    ),
    status: openApi({
      boundVolumeSnapshotContentName: 'string',
      creationTime: 'string',
      error: ERROR,
      readyToUse: 'boolean',
      restoreSize: 'int-or-string',
      volumeGroupSnapshotName: 'string',
    }),
  },
  required: ['spec'],
};

const CONTENT: Kind = {
  kind: 'VolumeSnapshotContent',
  scope: 'Cluster',
  members: {
    spec: openApi(
      {
        deletionPolicy: 'Delete|Retain',
        driver: 'string',
        source: { snapshotHandle: 'string', volumeHandle: 'string' },
        sourceVolumeMode: 'string',
        volumeSnapshotClassName: 'string',
        volumeSnapshotRef: OBJECT_REFERENCE,
      },
      ['deletionPolicy', 'driver', 'source', 'volumeSnapshotRef'],
    ),
    status: openApi({
      creationTime: 'integer',
      error: ERROR,
      readyToUse: 'boolean',
      restoreSize: 'integer',
      snapshotHandle: 'string',
      volumeGroupSnapshotHandle: 'string',
    }),
  },
  required: ['spec'],
};

const GROUP = 'snapshot.storage.k8s.io';

function definition({ kind, scope, members, required }: Kind): KubeObject {
  const plural = kind === 'VolumeSnapshotClass' ? 'volumesnapshotclasses' : `${kind.toLowerCase()}s`;
  const properties = {
    apiVersion: openApi('string'),
    kind: openApi('string'),
    metadata: { type: 'object' },
    ...members,
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${GROUP}`,
      annotations: { 'api-approved.kubernetes.io': 'https://github.com/kubernetes-csi/external-snapshotter/pull/814' },
    },
    spec: {
      group: GROUP,
      scope,
      names: { plural, kind, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          ...(kind !== 'VolumeSnapshotClass' && { subresources: { status: {} } }),
          schema: { openAPIV3Schema: { type: 'object', properties, required } },
        },
      ],
    },
  };
}

/**
 * What a cluster must have defined for CSI snapshots, without the rules in CEL.
 * https://github.com/kubernetes-csi/external-snapshotter/tree/client/v8.4.0/client/config/crd
 */
export const SNAPSHOT_DEFINITIONS: readonly KubeObject[] = [CLASS, SNAPSHOT, CONTENT].map(definition);

export const SNAPSHOT_CLASSES = `volumesnapshotclasses.${GROUP}`;
export const SNAPSHOTS = `volumesnapshots.${GROUP}`;
export const SNAPSHOT_CONTENTS = `volumesnapshotcontents.${GROUP}`;
