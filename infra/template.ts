// biome-ignore lint/suspicious/noExplicitAny: each resource type has properties of its own
type Properties = any;

/** A CloudFormation resource as it stands in a template. */
export type Resource = {
  Type: string;
  Properties: Properties;
  Metadata?: Record<string, unknown>;
  DeletionPolicy?: string;
};

export type Template = { Resources: Record<string, Resource> };

/** Every resource of a type, in all templates. */
export function resourcesOf(templates: Template[], type: string): Resource[] {
  return templates
    .flatMap((template) => Object.values(template.Resources))
    .filter((resource) => resource.Type === type);
}
