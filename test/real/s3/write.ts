/** One version of an object, as it lies in a bucket. Its ETag is without quotes. */
export type StoredObject = { key: string; versionId: string; size: number; etag: string; lastModified: Date };

/** Something that was written or removed, and answered. */
export type Write = {
  operation: 'PutObject' | 'CompleteMultipartUpload' | 'CopyObject' | 'DeleteObject';
  bucket: string;
  key: string;
  versionId: string;
  size: number;
  etag: string;
  /** The version is a delete marker. A `DeleteObject` without one removed a version for good. */
  deleteMarker: boolean;
  /** Replication wrote it. */
  replica: boolean;
};
