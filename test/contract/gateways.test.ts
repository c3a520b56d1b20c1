import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const sources = (folder: string): [string, string][] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [`${folder}/${file}`, readFileSync(`${folder}/${file}`, 'utf8')]);

const gateways = sources('src/gateways');
const everything = ['src/domain', 'src/gateways', 'src/operations', 'functions'].flatMap(sources);
const files = (found: [string, string][]) => found.map(([file]) => file);

describe('clients', () => {
  it('of AWS are made in one place alone, where the wire sees each of them', () => {
    expect(files(everything.filter(([, text]) => /new [A-Z]\w*Client\(/.test(text)))).toEqual([]);
    const makers = everything.filter(([, text]) => /new Client\(/.test(text));
    expect(files(makers)).toEqual(['src/gateways/aws/client.ts']);
  });

  it.each(gateways.filter(([, text]) => /from '@aws-sdk\/client-/.test(text)))(
    'are connected by %s through it',
    (_, text) => {
      expect(text).toMatch(/from '\.\/client\.ts'/);
      expect(text).toMatch(/connect\(wires, \w+Client,/);
    },
  );

  it('of AWS and of Kubernetes are known to gateways alone', () => {
    const knowing = everything.filter(([, text]) => /from '@aws-sdk\/|from '@kubernetes\//.test(text));
    expect(files(knowing).filter((file) => !file.startsWith('src/gateways/'))).toEqual([]);
  });
});

describe('what leaves the process', () => {
  it('leaves by the wires that are given: sockets and look-ups are opened by the live ones alone', () => {
    const opening = everything.filter(([, text]) => /from 'node:(http|https|net|tls|dns)|\bfetch\(/.test(text));
    expect(files(opening)).toEqual(['src/gateways/live-wires.ts']);
  });

  it('is dated, named and drawn by what is given: nothing else reads the clock or rolls dice', () => {
    const ambient = everything.filter(([, text]) =>
      /Date\.now\(|new Date\(\)|Math\.random\(|randomUUID\(|setTimeout\(/.test(text),
    );
    expect(files(ambient)).toEqual(['functions/live.ts']);
  });
});
