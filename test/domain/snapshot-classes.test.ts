import { describe, expect, it } from '@jest/globals';
import { snapshotClasses } from '../../src/domain/snapshot-classes.ts';

const EBS = 'ebs.csi.aws.com';
const volume = (namespace: string, name: string, driver?: string) => ({
  metadata: { name: `pv-${name}` },
  spec: { claimRef: { namespace, name }, ...(driver && { csi: { driver } }) },
});
const mark = { 'velero.io/csi-volumesnapshot-class': 'true' };

describe('the classes by which snapshots are taken', () => {
  it('are one for each driver of a protected volume, marked as Velero finds them', () => {
    const volumes = [volume('shop', 'a', EBS), volume('shop', 'b', EBS), volume('other', 'c', 'csi.example.com')];
    const { wanted, findings } = snapshotClasses(volumes, [], ['shop']);
    expect(wanted).toEqual([
      expect.objectContaining({
        apiVersion: 'snapshot.storage.k8s.io/v1',
        kind: 'VolumeSnapshotClass',
        metadata: { name: `lifeboat-${EBS}`, labels: mark },
        driver: EBS,
      }),
    ]);
    expect(findings).toEqual([]);
  });

  it("are people's own where those are marked", () => {
    const volumes = [volume('shop', 'a', EBS)];
    expect(snapshotClasses(volumes, [{ driver: EBS, metadata: { labels: mark } }], ['shop']).wanted).toEqual([]);
    expect(snapshotClasses(volumes, [{ driver: EBS, metadata: {} }], ['shop']).wanted).toHaveLength(1);
    expect(snapshotClasses(volumes, [{ driver: 'x', metadata: { labels: mark } }], ['shop']).wanted).toHaveLength(1);
  });

  it('are not for volumes that have no snapshots, which are told of by their claims', () => {
    const volumes = [volume('shop', 'shared', 'efs.csi.aws.com'), volume('shop', 'old'), volume('other', 'x')];
    const { wanted, findings } = snapshotClasses(volumes, [], ['shop']);
    expect(wanted).toEqual([]);
    expect(findings).toEqual([
      expect.stringMatching(/shop\/shared has no snapshots \(efs\.csi\.aws\.com\).*backup-volumes/),
      expect.stringMatching(/shop\/old has no snapshots \(no CSI driver\)/),
    ]);
  });
});
