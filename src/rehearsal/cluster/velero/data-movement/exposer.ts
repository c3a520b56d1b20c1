import type { KubeObject } from '../../host.ts';

/** What a data mover reports when it has ended well. */
export type MoverResult = {
  snapshotID?: string;
  totalBytes: number;
  incrementalBytes?: number;
};

/** How a volume is brought to a pod that moves its data, and what is done with it afterwards. */
export type Exposer = {
  kind: 'DataUpload' | 'DataDownload';
  /** The label by which a mover's pod names what it does. */
  label: string;
  /** Whether there is anything to expose yet. */
  ready(movement: KubeObject): boolean;
  /** Ends once the pod is made; throws why it could not be. */
  expose(movement: KubeObject): Promise<void>;
  /** What follows the mover's good end, before the movement is called Completed. */
  conclude(movement: KubeObject): Promise<void>;
  cleanUp(movement: KubeObject): Promise<void>;
  /** What the status says beside the phase. */
  statusOf(movement: KubeObject, result: MoverResult): KubeObject;
};

export const ownerOf = ({ apiVersion, kind, metadata }: KubeObject): KubeObject => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid,
  controller: true,
});
