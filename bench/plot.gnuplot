# SPDX-License-Identifier: ISC
# plot.gnuplot: throughput by clients, of columns.txt: a title in quotes and the
# numbers of each receiver. Called with -e "output='FILE'".

set terminal svg size 900,560 font "sans,13" background rgb "white"
set output output
set title "Alerts of 1 KB received in a second, behind nginx"
set style data histogram
set style histogram clustered gap 1
set style fill solid 0.9 noborder
set logscale y
set yrange [10:]
set ylabel "requests a second"
set xtics nomirror rotate by -25
set ytics nomirror
set border 3
set grid ytics lc rgb "#dddddd"
set key top right title "clients"
plot for [i=2:5] "columns.txt" using i:xtic(1) title columnheader(i)
