// SPDX-License-Identifier: Apache-2.0
//
// Cuts flights-2001-01.csv.gz and airports.csv from an unpacked vega-datasets package.
// Usage: node cut-flights.mjs PACKAGE_DIR OUTPUT_DIR   (see README.md)

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

const MONTH = '2001-01';

/** The parquet's local timestamp as `yyyy-MM-dd HH:mm:ss`; fails where that would lose digits. */
function timestamp(date) {
  const text = date.toISOString();
  if (!text.endsWith('.000Z')) {
    throw new Error(`date ${text} is finer than a second`);
  }
  return text.slice(0, 19).replace('T', ' ');
}

function requireValues(row, index) {
  for (const column of ['date', 'delay', 'distance', 'origin', 'destination']) {
    if (row[column] === null || row[column] === undefined) {
      throw new Error(`row ${index}: no ${column}`);
    }
  }
  for (const column of ['origin', 'destination']) {
    if (!/^[A-Z0-9]{3}$/.test(row[column])) {
      throw new Error(`row ${index}: ${column} '${row[column]}' is no airport code`);
    }
  }
}

async function cutFlights(packageDirectory) {
  const file = await asyncBufferFromFile(join(packageDirectory, 'data', 'flights-3m.parquet'));
  const rows = await parquetReadObjects({ file, compressors });
  rows.forEach(requireValues);
  return rows
    .map((row) => ({ ...row, date: timestamp(row.date) }))
    .filter((row) => row.date.startsWith(MONTH))
    .sort((left, right) => (left.date < right.date ? -1 : left.date > right.date ? 1 : 0))
    .map((row) => [row.date, row.delay, row.distance, row.origin, row.destination].join(','));
}

/** The package's table without its header line; fields with a comma or a quote stay quoted. */
function cutAirports(packageDirectory) {
  const lines = readFileSync(join(packageDirectory, 'data', 'airports.csv'), 'utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '');
  const header = lines.shift();
  if (header !== 'iata,name,city,state,country,latitude,longitude') {
    throw new Error(`airports.csv has other columns: ${header}`);
  }
  return lines;
}

const [packageDirectory, outputDirectory] = process.argv.slice(2);
if (!packageDirectory || !outputDirectory) {
  console.error('usage: node cut-flights.mjs PACKAGE_DIR OUTPUT_DIR');
  process.exit(2);
}
const flights = await cutFlights(packageDirectory);
const airports = cutAirports(packageDirectory);
// zlib writes no file name and no modification time: the same input gives the same bytes.
const flightsFile = join(outputDirectory, `flights-${MONTH}.csv.gz`);
writeFileSync(flightsFile, gzipSync(`${flights.join('\n')}\n`, { level: 9 }));
writeFileSync(join(outputDirectory, 'airports.csv'), `${airports.join('\n')}\n`);
console.log(`${flights.length} flights, ${airports.length} airports`);
