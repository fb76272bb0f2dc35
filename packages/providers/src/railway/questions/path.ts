/** Where Railway serves GraphQL. */
export const GRAPHQL_PATH = '/graphql/v2';
