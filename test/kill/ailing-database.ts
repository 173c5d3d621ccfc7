import type { PostgresServer } from '../postgres/server.ts'

/** Restarts it at once, as a crash does: whoever is connected is cut off, and what was not committed is gone. */
export async function crash(server: PostgresServer): Promise<void> {
  // The number of its process stands in the first line (https://www.postgresql.org/docs/18/storage-file-layout.html).
  const [row] = await server.query(`select split_part(pg_read_file('postmaster.pid'), E'\\n', 1) as pid`)
  const stopped = server.stop()
  process.kill(Number(row?.['pid']), 'SIGQUIT')
  await stopped
  await server.start()
}

/** Cuts every connection to one of its databases, whatever is under way there. */
export async function cutConnections(server: PostgresServer, url: string): Promise<void> {
  await server.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${new URL(url).pathname.slice(1)}'`,
  )
}
