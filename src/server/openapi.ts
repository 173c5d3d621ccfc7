/** The description of everything that can be asked (OpenAPI 3.1). */
export function openApi(version: string): object {
  return { openapi: '3.1.0', info: { title: 'Tocsin', version }, paths: {} }
}
