from qn_xl.cli import main

main()
