from roomhand.cli import main

main()
