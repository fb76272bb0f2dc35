/** The version of this program, as the documents and `GET /api/v1/openapi.json` say it. */
export const VERSION = '0.1.0';
