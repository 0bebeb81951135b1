# shellcheck shell=bash

# package_sources CODENAME: the distribution's own package sources among those of this machine, as one-line entries: no third party's.
package_sources() {
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)' 'Created-By: Packages' |
		awk -v codename="$1" '
			($4 == "Debian" || $4 == "Ubuntu") && ($2 == codename || index($2, codename "-") == 1) && !seen[$0]++ {
				print "deb", $1, $2, $3
			}'
}
