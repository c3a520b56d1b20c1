import { createHash } from 'node:crypto';

const LONGEST = 63;
const DIGEST = 6;

/**
 * Label values have at most 63 characters: longer names are cut and made unique by a digest.
 * https://github.com/vmware-tanzu/velero/blob/v1.18.3/pkg/label/label.go (GetValidName)
 */
export function labelValue(name: string): string {
  if (name.length <= LONGEST) return name;
  const digest = createHash('sha256').update(name).digest('hex');
  return name.slice(0, LONGEST - DIGEST) + digest.slice(0, DIGEST);
}
