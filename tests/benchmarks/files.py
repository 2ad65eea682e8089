"""Instances of our own in the published formats: small, invented, and worked out by hand."""

from pathlib import Path

TRSP = """SMALL.7_2-2-2-2

INFO
CREW COUNT  SKILLS  TOOLS   SPARE PARTS
2       2       2       2

DEPOT TECHNICIANS AND REQUESTS
ID   X     Y     TWS    TWE    Serv   SKILLS   TOOLS    SPARE PARTS
0    0     0     0      200    0      []       []       []
1    3     4     0      200    0      [0]      [0]      [2,0]
2    20    0     10     190    0      [0,1]    [0,1]    [1,4]
3    3     5     20     60     10     [0]      [0]      [1,0]
4    10    5     0      100    5      [1]      [1]      [0,2]
5    20    7     50     90     10     [1]      []       [0,1]
6    1     1     30     150    10     [0]      []       [1,0]
7    25    5     0      180    12     [0]      [0,1]    [0,1]
8    4     9     100    120    10     [0]      [0]      [0,0]
9    15    0     60     140    7.5    [1]      []       [0,0]
"""

SOLOMON = """SMALL

VEHICLE
NUMBER     CAPACITY
  3         10

CUSTOMER
CUST NO.  XCOORD.  YCOORD.  DEMAND  READY TIME  DUE DATE  SERVICE TIME

    0      0    0    0      0    100    0
    1      3    4    4      0     50    5
    2      6    8    4     10     60    5
    3      1    1    5     20     90    5
    4      0    7    2      0     40    5
    5     10    0    6     30     80    5
    6      5    0    3      0     70    5
"""

VRPLIB = """NAME : small
COMMENT : "invented: for tests"
TYPE : VRPTW
DIMENSION : 4
VEHICLES : 2
CAPACITY : 10
SERVICE_TIME : 5
EDGE_WEIGHT_TYPE : EUC_2D
NODE_COORD_SECTION
1 0 0
2 3 4
3 6 8
4 1 1
DEMAND_SECTION
1 0
2 4
3 4
4 5
TIME_WINDOW_SECTION
1 0 100
2 0 50
3 10 60
4 20 90
DEPOT_SECTION
1
-1
EOF
"""

VRPLIB_WITH_MATRIX = """NAME : small
TYPE : VRPTW
DIMENSION : 3
CAPACITY : 10
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : FULL_MATRIX
EDGE_WEIGHT_SECTION
0 7 8.25
7 0 9
8 9 0
DEMAND_SECTION
1 0
2 4
3 4
SERVICE_TIME_SECTION
1 0
2 6
3 7
DEPOT_SECTION
 1
 -1
EOF
"""


def write(folder: Path, name: str, text: str) -> Path:
    """A file with this text."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path
