/** What went wrong: of Velero itself, of objects outside namespaces, and by namespace. */
export type Result = { velero?: string[]; cluster?: string[]; namespaces?: Record<string, string[]> };

/** Collects warnings or errors of a backup or a restore. https://github.com/vmware-tanzu/velero/blob/v1.18.2/pkg/util/results/result.go */
export class Results {
  readonly result: Result = {};
  #count = 0;

  get count(): number {
    return this.#count;
  }

  velero(message: string): void {
    this.#count++;
    this.result.velero = [...(this.result.velero ?? []), message];
  }

  /** Of an object in that namespace, or outside namespaces when it is empty. */
  add(namespace: string, message: string): void {
    this.#count++;
    if (namespace === '') this.result.cluster = [...(this.result.cluster ?? []), message];
    else {
      const namespaces = this.result.namespaces ?? {};
      this.result.namespaces = { ...namespaces, [namespace]: [...(namespaces[namespace] ?? []), message] };
    }
  }
}
