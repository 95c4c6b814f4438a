// SPDX-License-Identifier: Apache-2.0
// What Amazon S3 answers, as far as these pages look at it (API "Amazon S3 API Reference").

export interface Bucket {
  Name: string;
  CreationDate?: number;
  BucketRegion?: string;
}

export interface ListBucketsOutput {
  Buckets?: Bucket[];
  ContinuationToken?: string;
}

export interface ObjectSummary {
  Key: string;
  LastModified: number;
  ETag?: string;
  Size: number;
  StorageClass?: string;
}

export interface ListObjectsOutput {
  Contents?: ObjectSummary[];
  CommonPrefixes?: { Prefix: string }[];
  NextContinuationToken?: string;
  IsTruncated?: boolean;
}

export interface ObjectVersion {
  Key: string;
  VersionId: string;
  IsLatest: boolean;
  LastModified: number;
  ETag?: string;
  Size?: number;
  StorageClass?: string;
}

export interface ListVersionsOutput {
  Versions?: ObjectVersion[];
  DeleteMarkers?: ObjectVersion[];
  CommonPrefixes?: { Prefix: string }[];
  IsTruncated?: boolean;
  NextKeyMarker?: string;
  NextVersionIdMarker?: string;
}

export interface HeadObjectOutput {
  ContentLength?: number;
  ContentType?: string;
  ContentEncoding?: string;
  ContentDisposition?: string;
  ContentLanguage?: string;
  CacheControl?: string;
  ETag?: string;
  LastModified?: number;
  Metadata?: Record<string, string>;
  ServerSideEncryption?: string;
  SSEKMSKeyId?: string;
  StorageClass?: string;
  VersionId?: string;
  Expiration?: string;
  Restore?: string;
  PartsCount?: number;
  ObjectLockMode?: string;
  ReplicationStatus?: string;
}

export interface DeleteObjectsOutput {
  Deleted?: { Key: string; VersionId?: string }[];
  Errors?: { Key: string; VersionId?: string; Code: string; Message: string }[];
}

export interface Tag {
  Key: string;
  Value: string;
}
