import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { NotSimulated } from '../kernel/not-simulated.ts';

// biome-ignore lint/suspicious/noExplicitAny: a template is open JSON; each resource type knows its own properties
export type Open = any;

export type TemplateResource = {
  Type: string;
  Properties?: Record<string, Open>;
  Metadata?: Record<string, unknown>;
  DependsOn?: string | string[];
  Condition?: string;
};

export type Template = {
  Resources: Record<string, TemplateResource>;
  Parameters?: Record<string, { Type: string; Default?: Open }>;
  Conditions?: Record<string, Open>;
  Mappings?: Record<string, Record<string, Record<string, Open>>>;
};

export type AssemblyStack = { name: string; region: string; template: Template };

/** A cloud assembly as plain data: made once, loaded into as many worlds as one likes, changed by tests before that. */
export type Assembly = {
  stacks: AssemblyStack[];
  /** Files of the layers, by the archive's key in the assets bucket and the path within it. */
  layers: Record<string, Record<string, string>>;
};

type Artifact = { type: string; environment?: string; properties?: Record<string, Open> };

const readJson = (path: string): Open => JSON.parse(readFileSync(path, 'utf8'));

/**
 * Reads what the CDK synthesized.
 * https://github.com/aws/aws-cdk-cli/blob/main/packages/%40aws-cdk/cloud-assembly-schema/lib/manifest.ts
 */
export function readAssembly(directory: string): Assembly {
  const artifacts: [string, Artifact][] = Object.entries(readJson(join(directory, 'manifest.json')).artifacts ?? {});
  const assembly: Assembly = { stacks: [], layers: {} };
  for (const [id, artifact] of artifacts) {
    if (artifact.type === 'cdk:cloud-assembly') throw new NotSimulated(`the nested assembly ${id}`);
    if (artifact.type === 'aws:cloudformation:stack') assembly.stacks.push(readStack(id, artifact, directory));
  }
  if (assembly.stacks.length === 0) throw new Error(`${directory} holds no stack`);
  for (const [, artifact] of artifacts)
    if (artifact.type === 'cdk:asset-manifest') readLayers(assembly, directory, artifact.properties?.file);
  return assembly;
}

function readStack(id: string, artifact: Artifact, directory: string): AssemblyStack {
  const region = /^aws:\/\/[^/]+\/(.+)$/.exec(artifact.environment ?? '')?.[1];
  if (region === undefined || region === 'unknown-region') throw new Error(`stack ${id} does not pin its region`);
  const { templateFile, stackName } = artifact.properties ?? {};
  return { name: stackName ?? id, region, template: readJson(join(directory, templateFile)) };
}

/** Layers hold what functions read; the archives of the functions themselves are never opened, their sources run. */
function readLayers(assembly: Assembly, directory: string, manifestFile: string): void {
  const wanted = new Set(assembly.stacks.flatMap(({ template }) => layerKeys(template)));
  const files: Open[] = Object.values(readJson(join(directory, manifestFile)).files ?? {});
  for (const { source, destinations } of files)
    for (const { objectKey } of Object.values<Open>(destinations))
      if (wanted.has(objectKey) && source.path !== undefined)
        assembly.layers[objectKey] ??= textsIn(join(directory, source.path));
}

const layerKeys = (template: Template): string[] =>
  Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::LayerVersion')
    .map(({ Properties }) => Properties?.Content?.S3Key);

function textsIn(directory: string): Record<string, string> {
  if (!statSync(directory).isDirectory())
    throw new NotSimulated(`the layer archive ${directory}, which is not a directory,`);
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => join(directory, name));
  const files = paths.filter((path) => statSync(path).isFile()).sort();
  return Object.fromEntries(files.map((path) => [relative(directory, path), readFileSync(path, 'utf8')]));
}
