/** Resource types that change nothing in a rehearsal, each with the reason. All others must be simulated, or the rehearsal ends. */
export const IGNORED_TYPES: Record<string, string> = {
  'AWS::CDK::Metadata': 'tells the CDK team which constructs are used',
  'AWS::CloudWatch::Dashboard': 'is looked at by people; nothing reads it',
  'AWS::Logs::QueryDefinition': 'is a saved query for people',
  'AWS::Logs::SubscriptionFilter': 'copies log lines; nothing in a run reads them',
  'AWS::ApplicationInsights::Application': 'is looked at by people; nothing reads it',
  'AWS::ResourceGroups::Group': 'groups resources for people in the console',
  'AWS::Budgets::Budget': 'watches the bill',
  'AWS::Events::Archive': 'keeps past events; nothing replays them here',
};
