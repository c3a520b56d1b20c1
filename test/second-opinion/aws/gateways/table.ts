import type { TemplateResource } from '../../../../src/rehearsal/assembly/assembly.ts';

/** A table with a partition key and a sort key, both text. */
export const tableWith = (name: string, partition: string, sort: string): Record<string, TemplateResource> => ({
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [partition, sort].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: partition, KeyType: 'HASH' },
        { AttributeName: sort, KeyType: 'RANGE' },
      ],
    },
  },
});
