/**
 * The first `count` blocks of 2^bits addresses in an IPv4 block.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-cidr.html
 */
export function subnets(block: string, count: number, bits: number): string[] {
  const [, a, b, c, d, length] = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(block) ?? [];
  if (length === undefined) throw new Error(`Fn::Cidr takes an IPv4 block, not ${block}`);
  const start = [a, b, c, d].reduce((sum, byte) => sum * 256 + Number(byte), 0);
  if (count * 2 ** bits > 2 ** (32 - Number(length)))
    throw new Error(`Fn::Cidr finds no ${count} blocks of ${bits} bits in ${block}`);
  return Array.from({ length: count }, (_, index) => `${dotted(start + index * 2 ** bits)}/${32 - bits}`);
}

const dotted = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
