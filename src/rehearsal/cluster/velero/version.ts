/** Where an image's tag does not tell. */
const USUAL = '1.18.2';

/** Which Velero is in an image, such as velero/velero:v1.18.3. */
export const versionIn = (image: string): string => /:v?(\d+\.\d+\.\d+)[^/]*$/.exec(image)?.[1] ?? USUAL;

/** Whether what is written here is true of a version: 1.18, but for its first, whose read-only locations were broken. */
export const isKnown = (version: string): boolean => version.startsWith('1.18.') && version !== '1.18.0';
