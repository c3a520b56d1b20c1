const UNITS: Record<string, number> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** Bytes of `10Gi`, cores of `250m`. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
export function quantity(text: string | number | undefined): number {
  if (typeof text === 'number') return text;
  const [, digits = '0', unit = ''] = /^([0-9.eE+-]*?)([a-zA-Z]*)$/.exec(String(text ?? '0')) ?? [];
  return unit === 'm' ? Number(digits) / 1000 : Number(digits) * (UNITS[unit] ?? 1);
}
