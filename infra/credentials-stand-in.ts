import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * What every AWS client asks for credentials, in a function: Lambda puts them into the environment. The real chain also
 * knows profiles, single sign-on and metadata services, a hundred kilobytes that no function has a use for.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export const defaultProvider = () => fromEnv();
