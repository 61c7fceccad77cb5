"""How much one file may ask for, with the reasons. Decided before reading, from what the file declares.

Compression ratio alone condemns nothing: a million formatted empty rows of an honest sheet shrink 500 to 1,
so the limits are on the sizes after unpacking.
"""

from __future__ import annotations

MIB = 1 << 20

# A task list of 10,000 rows is about 1 MiB; pictures pasted into a sheet reach 50.
FILE_BYTES = 128 * MIB
# All parts of a package unpacked; beyond it even streaming takes longer than a file is worth.
UNPACKED_BYTES = 2048 * MIB
# One sheet part: 20 million formatted blank cells, read as a stream.
SHEET_BYTES = 1024 * MIB
# Above this size a sheet part is unpacked piece by piece and its blank cells are dropped on the way.
SHEET_PIECEWISE_BYTES = 8 * MIB
# Parts that the reader holds whole: shared strings, styles, workbook, content.xml of .ods.
PART_BYTES = 96 * MIB
SMALL_PART_BYTES = 32 * MIB
SHARED_STRINGS = 2_000_000
PACKAGE_PARTS = 20_000

# The longest workbook seen had a sheet for each of 171 communes.
SHEETS = 1_000

# calamine keeps the rectangle around all cells of a sheet, 32 bytes a place, before we see the first value.
DENSE_CELLS = 4_000_000
# Cells read one by one into dictionaries, some 150 bytes each.
LOOSE_CELLS = 1_500_000
# A rectangle is called sparse when it is large and holds less than one cell in this many places.
SPARSE_FROM = 200_000
SPARSE_RATIO = 20
# Blank rows or columns in a row that end a table: cells beyond them are reported, not read.
ROW_GAP = 5_000
COLUMN_GAP = 200
# Spreadsheet limits, to which merged ranges and addresses are clipped.
LAST_ROW = 1_048_576
LAST_COLUMN = 16_384
MERGED_RANGES = 100_000
# A merged title may be wider than the data under it; wider than this only by mistake.
MERGED_WIDTH = 256

# calamine copies a shared string into every cell that shows it.
REPEATED_BYTES = 256 * MIB
# Characters of a sheet's name that an address shows; Excel allows 31.
SHEET_NAME = 80
# Characters in one cell; Excel holds no more, and understanding a text takes time that grows with it.
CELL_TEXT = 32_767

TEXT_BYTES = 48 * MIB

# One worker process. The readers stay under 300 MiB with the limits above; what goes beyond is an attack
# or a bug in native code, and ends that file only.
SECONDS = 60.0
WORKER_BYTES = 800 * MIB
